/**
 * What the worker is started with: the model, the shared memory, and for each input and output of the model where its
 * elements lie. Plain data that can be sent to another thread.
 *
 * @since 0.1.0
 */
import type { RandomOp } from "../../../domain/graph/ops.ts"
import type { Program } from "../../../domain/Program.ts"
import { byteSizeOf } from "../../../domain/Tensor.ts"
import type { Merged } from "../hosted/Merged.ts"
import { type HostedPlan, memoryFor, type SlotPlace } from "../hosted/Plan.ts"
import type * as Layout from "./Layout.ts"
import type { Lowered, LoweredInput, LoweredOutput } from "./lower.ts"
import type { SessionOptions } from "./Ort.ts"
import type { Port } from "./OnnxModel.ts"

/** Offsets into the shared memory. @category models @since 0.1.0 */
export type Source =
  | { readonly _tag: "State"; readonly offsets: readonly [number, number] }
  | { readonly _tag: "Slot"; readonly base: number; readonly stride: number }
  | { readonly _tag: "Draw"; readonly op: RandomOp; readonly draw: number; readonly replica: number; readonly key: readonly [number, number] }

/** @category models @since 0.1.0 */
export type Target =
  | { readonly _tag: "State"; readonly offsets: readonly [number, number] }
  | { readonly _tag: "Slot"; readonly base: number; readonly stride: number }
  | { readonly _tag: "Loss"; readonly offset: number }

/** @category models @since 0.1.0 */
export interface WorkerPlan extends HostedPlan {
  /** Paths of the native library and of the koffi package. */
  readonly library: string
  readonly koffi: string
  readonly model: Uint8Array<ArrayBuffer>
  readonly session: SessionOptions
  readonly inputs: ReadonlyArray<Port & { readonly bytes: number; readonly source: Source }>
  readonly outputs: ReadonlyArray<Port & { readonly bytes: number; readonly target: Target }>
  readonly layout: Layout.Layout
}

type StateAt = { readonly _tag: "State"; readonly offsets: readonly [number, number] }

const stateAt = (layout: Layout.Layout, leaf: string, replica: number): StateAt => {
  const { offsets, parts, bytes } = layout.state.find((p) => p.leaf.name === leaf)!
  const shift = parts > 1 ? replica * bytes : 0
  return { _tag: "State", offsets: [offsets[0] + shift, offsets[1] + shift] }
}

const slotAt = (slots: ReadonlyArray<SlotPlace>, leaf: string, replica: number) => {
  const { base, bytes, stride } = slots.find((p) => p.name === leaf)!
  return { _tag: "Slot", base: base + replica * bytes, stride } as const
}

const sourceOf = (layout: Layout.Layout, merged: Merged, { source }: LoweredInput): Source => {
  if (source._tag === "Draw") return { ...source, key: stateAt(layout, merged.parameters[source.key]!.leaf, 0).offsets }
  const { leaf, role, replica } = merged.parameters[source.parameter]!
  return role._tag === "State" ? stateAt(layout, leaf, replica) : slotAt(layout.infeed, leaf, replica)
}

const targetOf = (layout: Layout.Layout, merged: Merged, output: LoweredOutput): Target => {
  const { leaf, role, replica } = merged.outputs[output.index]!
  if (role._tag === "State") return stateAt(layout, leaf, replica)
  if (role._tag === "Outfeed") return slotAt(layout.outfeed, leaf, replica)
  return { _tag: "Loss", offset: layout.loss! }
}

/** @category models @since 0.1.0 */
export interface PlanOptions {
  readonly library: string
  readonly koffi: string
  readonly session: SessionOptions
  readonly maxIterations: number
}

/** @category constructors @since 0.1.0 */
export const make = (program: Program, merged: Merged, lowered: Lowered, layout: Layout.Layout, options: PlanOptions): WorkerPlan => ({
  library: options.library,
  koffi: options.koffi,
  session: options.session,
  model: lowered.bytes,
  inputs: lowered.inputs.map((i) => ({
    name: i.name,
    type: i.type,
    shape: i.shape,
    bytes: byteSizeOf({ dtype: i.type, shape: i.shape }),
    source: sourceOf(layout, merged, i)
  })),
  outputs: lowered.outputs.map((o) => ({
    name: o.name,
    type: o.type,
    shape: o.shape,
    bytes: byteSizeOf({ dtype: o.type, shape: o.shape }),
    target: targetOf(layout, merged, o)
  })),
  layout,
  init: program.init,
  ...memoryFor(layout, options.maxIterations)
})
