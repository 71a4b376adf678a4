/**
 * A step's module as plain data for another process, with state leaves by their index in the layout, and as each core of a replica
 * has it.
 *
 * @since 0.1.0
 */
import { blocksOf } from "../../../domain/deployment/partition.ts"
import { byteSizeOf, type DType, type Shape, sizeOf, stridesOf } from "../../../domain/Tensor.ts"
import type { HostedLayout, SlotPlace } from "../hosted/Plan.ts"
import type { Argument, Module, Source, Target } from "./process/ProgramPlan.ts"
import type { ModuleArgument, ModuleResult, StepModule } from "./stepModule.ts"

const bytesOf = (dtype: DType) => byteSizeOf({ dtype, shape: [] })

/** Bytes from one element to the next along each axis of a batch: its own axes, after one of slots where there are several steps. */
const batchStrides = ({ stride, type }: SlotPlace, iterations: number): ReadonlyArray<number> => {
  const within = stridesOf(type.shape).map((elements) => elements * bytesOf(type.dtype))
  return iterations === 1 ? within : [stride, ...within]
}

/** Whether an array of this shape, with these strides, has its elements side by side. */
const isDense = (shape: Shape, strides: ReadonlyArray<number>, element: number): boolean =>
  sizeOf(shape) === 0 || stridesOf(shape).every((elements, axis) => shape[axis] === 1 || elements * element === strides[axis])

/** How the cores of a replica read a leaf of the batch. */
const batchArgument = (
  { parts, source, type }: ModuleArgument & { readonly source: Source },
  place: SlotPlace,
  iterations: number,
  cores: number
): Argument => {
  const strides = batchStrides(place, iterations)
  const blocks = parts === undefined ? undefined : blocksOf(type.shape, parts)
  const shape = blocks?.[0]!.shape ?? type.shape
  const offsets = Array.from({ length: cores }, (_, core) => blocks?.[core]!.start.reduce((sum, at, axis) => sum + at * strides[axis]!, 0) ?? 0)
  return {
    type: { dtype: type.dtype, shape },
    source,
    offsets,
    strides: isDense(shape, strides, bytesOf(type.dtype)) ? undefined : BigInt64Array.from(strides, BigInt)
  }
}

/** @category conversions @since 0.1.0 */
export const moduleOf = (step: StepModule, { infeed, state }: HostedLayout, iterations: number, cores = 1): Module => {
  const indices = new Map(state.map(({ leaf }, index) => [leaf.name, index]))
  // every leaf of a step's state is in the layout
  const leafOf = (name: string) => ({ _tag: "State", index: indices.get(name)! }) as const
  const argument = (given: ModuleArgument): Argument => {
    const { source, type } = given
    if (source._tag === "Batch") return batchArgument({ ...given, source }, infeed[source.index]!, iterations, cores)
    return { type, source: source._tag === "State" ? leafOf(source.leaf) : source, offsets: [], strides: undefined }
  }
  const target = (to: ModuleResult["target"]): Target => (to._tag === "State" ? leafOf(to.leaf) : to)
  return {
    text: step.text,
    iterations,
    arguments: step.arguments.map(argument),
    results: step.results.map((result) => ({ type: result.type, target: target(result.target) }))
  }
}
