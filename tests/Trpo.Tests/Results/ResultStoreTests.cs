using Trpo.Results.Files;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class ResultStoreTests
{
    private DirectoryInfo _folder = null!;
    private ResultStore _store = null!;

    [SetUp]
    public void Create()
    {
        _folder = Directory.CreateTempSubdirectory("trpo-results-");
        _store = new ResultStore(_folder);
    }

    [TearDown]
    public void Clean() => _folder.Delete(recursive: true);

    [Test]
    public void A_result_comes_back_as_it_was()
    {
        var saved = TinyStudy.Result(seed: 2, 0.1, -1 / 3.0, 1e300);
        _store.Save(TinyStudy.Study, saved);
        var loaded = _store.Load(TinyStudy.Study, seed: 2)!;

        Assert.That(loaded.Returns, Is.EqualTo(saved.Returns));
        Assert.That(loaded.Curve, Is.EqualTo(saved.Curve));
        Assert.That(loaded.Fingerprint.Matches(saved.Fingerprint), Is.True);
        Assert.That((loaded.Seed, loaded.TrainingSeconds, loaded.Cores, loaded.SideBySide), Is.EqualTo((2, 1.0, 2, 1)));
        Assert.That(_store.Load(TinyStudy.Study, seed: 1), Is.Null);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("{\"environment\":null}")]
    [TestCase("half")]
    [TestCase("\"seed\":1=\"seed\":2")]
    [TestCase("Tiny-v0=Other-v0")]
    [TestCase("[1,2,3]=[1,2]")]
    [TestCase("[1,2,3]=[1,2,1e999]")]
    [TestCase("[1,2,3]=[1,2,\"three\"]")]
    [TestCase("\"steps\":600=\"steps\":300")]
    [TestCase("\"cores\":2=\"cores\":0")]
    [TestCase("\"library\"=\"shelf\"")]
    public void A_damaged_file_is_ignored_and_named(string damage)
    {
        _store.Save(TinyStudy.Study, TinyStudy.Result(seed: 1));
        var path = _store.PathOf(TinyStudy.Study, seed: 1);
        var text = File.ReadAllText(path);
        var damaged = damage.Split('=') is [var from, var to] ? text.Replace(from, to, StringComparison.Ordinal) : damage == "half" ? text[..(text.Length / 2)] : damage;
        Assert.That(damaged, Is.Not.EqualTo(text));
        File.WriteAllText(path, damaged);
        var complaints = new List<string>();

        Assert.That(_store.Load(TinyStudy.Study, seed: 1, complaints.Add), Is.Null);
        Assert.That(complaints.Single(), Does.Contain(path).And.Contain("damaged"));
    }
}
