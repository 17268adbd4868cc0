using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Trpo.Tests.Architecture;

/// <summary>Reads the tokens in the instructions of a method body (ECMA-335 III).</summary>
internal static class MethodBody
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

    /// <summary>Returns the types, members and signatures that the instructions name, in their order.</summary>
    public static IEnumerable<EntityHandle> Tokens(byte[] instructions)
    {
        for (var position = 0; position < instructions.Length;)
        {
            int code = instructions[position++];
            if (code == 0xFE)
                code = (code << 8) | instructions[position++];
            var operand = Operands[code];
            if (operand is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig or OperandType.InlineTok or OperandType.InlineType)
                yield return MetadataTokens.EntityHandle(BitConverter.ToInt32(instructions, position));
            position += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(instructions, position)),
                _ => 4,
            };
        }
    }
}
