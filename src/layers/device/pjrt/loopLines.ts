/**
 * The body of `@main` that calls `@step` some times in one loop: state is carried from step to step, batches are read row by
 * row from outside the loop, and everything else is stacked row by row.
 *
 * @since 0.1.0
 */
import { sizeOf, type TensorType } from "../../../domain/Tensor.ts"
import type { Line } from "./lower/Emitter.ts"
import { literalText, typeText } from "./lower/text.ts"
import type { ModuleArgument, ModuleResult } from "./stepModule.ts"

const print = ({ dtype, shape }: TensorType) => typeText(dtype, shape)
const rows = (n: number, { dtype, shape }: TensorType): TensorType => ({ dtype, shape: [n, ...shape] })
const index = "tensor<i32>"

/** `%i` and a zero for each axis of a row. */
const start = (type: TensorType) => ["%i", ...type.shape.map(() => "%zero")].join(", ")
const startTypes = (type: TensorType) => [index, ...type.shape.map(() => index)].join(", ")

/** Row `%i` of batches, as arguments of `@step`. */
const readRow = (type: TensorType, i: number, n: number): ReadonlyArray<string> => {
  const row = print(rows(1, type))
  return [
    `      %d${i} = stablehlo.dynamic_slice %arg${i}, ${start(type)}, sizes = [${[1, ...type.shape].join(", ")}] : (${print(rows(n, type))}, ${startTypes(type)}) -> ${row}`,
    `      %b${i} = stablehlo.reshape %d${i} : (${row}) -> ${print(type)}`
  ]
}

/** Result `k` of the step as row `%i` of its stack. */
const writeRow = (type: TensorType, k: number, n: number): ReadonlyArray<string> => {
  const [all, row] = [print(rows(n, type)), print(rows(1, type))]
  return [
    `      %u${k} = stablehlo.reshape %n#${k} : (${print(type)}) -> ${row}`,
    `      %w${k} = stablehlo.dynamic_update_slice %r${k}, %u${k}, ${start(type)} : (${all}, ${row}, ${startTypes(type)}) -> ${all}`
  ]
}

/** `args` and `results` are of one step. @category conversions @since 0.1.0 */
export const loopLines = (
  args: ReadonlyArray<ModuleArgument>,
  results: ReadonlyArray<ModuleResult>,
  n: number
): { readonly lines: ReadonlyArray<Line>; readonly results: ReadonlyArray<string> } => {
  const isState = (k: number) => results[k]!.target._tag === "State"
  /** The argument that result `k` succeeds. */
  const before = results.map(({ target }) =>
    target._tag === "State" ? args.findIndex(({ source }) => source._tag === "State" && source.leaf === target.leaf) : -1
  )
  const argument = (i: number) => {
    const { _tag } = args[i]!.source
    return _tag === "State" ? `%r${before.indexOf(i)}` : _tag === "Batch" ? `%b${i}` : `%arg${i}`
  }
  const types = [index, ...results.map(({ type }, k) => print(isState(k) ? type : rows(n, type)))].join(", ")
  const zero = (type: TensorType) => (sizeOf(type.shape) === 0 ? "" : literalText(type.dtype, 0))
  const zeros = results.flatMap(({ type }, k) =>
    isState(k) ? [] : [`    %z${k} = stablehlo.constant dense<${zero(type)}> : ${print(rows(n, type))}`]
  )
  const first = results.map((_, k) => `%r${k} = ${isState(k) ? `%arg${before[k]}` : `%z${k}`}`)
  const inputs = args.map((_, i) => argument(i)).join(", ")
  const inputTypes = args.map(({ type }) => print(type)).join(", ")
  const stepTypes = results.map(({ type }) => print(type)).join(", ")
  const texts = [
    `    %zero = stablehlo.constant dense<0> : ${index}`,
    `    %one = stablehlo.constant dense<1> : ${index}`,
    `    %count = stablehlo.constant dense<${n}> : ${index}`,
    ...zeros,
    `    %loop:${results.length + 1} = stablehlo.while(${["%i = %zero", ...first].join(", ")}) : ${types}`,
    "    cond {",
    `      %more = stablehlo.compare LT, %i, %count : (${index}, ${index}) -> tensor<i1>`,
    "      stablehlo.return %more : tensor<i1>",
    "    } do {",
    ...args.flatMap(({ source, type }, i) => (source._tag === "Batch" ? readRow(type, i, n) : [])),
    `      %n:${results.length} = func.call @step(${inputs}) : (${inputTypes}) -> (${stepTypes})`,
    ...results.flatMap(({ type }, k) => (isState(k) ? [] : writeRow(type, k, n))),
    `      %next = stablehlo.add %i, %one : ${index}`,
    `      stablehlo.return ${["%next", ...results.map((_, k) => (isState(k) ? `%n#${k}` : `%w${k}`))].join(", ")} : ${types}`,
    "    }"
  ]
  return { lines: texts.map((text) => ({ text })), results: results.map((_, k) => `%loop#${k + 1}`) }
}
