namespace Trpo.Estimators.Optimization;

/// <summary>A symmetric matrix that is known only by its products: <c>product = H vector</c>.</summary>
/// <param name="vector">The vector, <c>[n]</c>; not changed.</param>
/// <param name="product">Receives the product, <c>[n]</c>; does not overlap the vector.</param>
public delegate void LinearOperator(ReadOnlySpan<double> vector, Span<double> product);
