/** What a training run compiled, started from and was fed, and the losses that the reference engine gave: to be done again elsewhere. */
import { Effect, Layer } from "effect"
import type { Batch, Program, State } from "../../../../src/domain/Program.ts"
import { allocate, type TensorData } from "../../../../src/domain/Tensor.ts"
import * as DeviceReference from "../../../../src/layers/device/DeviceReference.ts"
import { Device } from "../../../../src/services/Device.ts"

export interface Recorded {
  program: Program
  state: State
  readonly batches: Array<Batch>
  readonly losses: Array<number>
}

/** The reference engine; `into` is filled by the program that trains on it. */
export const recording = (replicas: number, into: Partial<Recorded> & Pick<Recorded, "batches" | "losses">): Layer.Layer<Device> =>
  Layer.effect(
    Device,
    Effect.gen(function* () {
      const device = yield* Device
      return {
        ...device,
        compile: (program: Program) =>
          Effect.map(device.compile(program), (executable) => {
            into.program = program
            return {
              ...executable,
              feed: (batch: Batch) => {
                into.batches.push(batch.map((data) => data.slice()))
                return executable.feed(batch)
              },
              run: (iterations: number) =>
                Effect.gen(function* () {
                  into.state ??= yield* executable.readState
                  const result = yield* executable.run(iterations)
                  into.losses.push(...result.losses)
                  return result
                })
            }
          })
      }
    })
  ).pipe(Layer.provide(DeviceReference.layer({ replicas })))

const part = (data: TensorData, replica: number, replicas: number) =>
  data.slice((replica * data.length) / replicas, ((replica + 1) * data.length) / replicas)

/** Batches as each replica has them: `[step][replica][leaf]`. */
export const byReplica = (batches: ReadonlyArray<Batch>, replicas: number): ReadonlyArray<ReadonlyArray<ReadonlyArray<TensorData>>> =>
  batches.map((batch) => Array.from({ length: replicas }, (_, replica) => batch.map((data) => part(data, replica, replicas))))

/** The state as each replica has it: its own part of a cache, everything else whole. */
export const stateByReplica = (program: Program, state: State, replicas: number): ReadonlyArray<ReadonlyMap<string, TensorData>> =>
  Array.from({ length: replicas }, (_, replica) => {
    const own = program.step.parameters.flatMap(({ name, role }): ReadonlyArray<readonly [string, TensorData]> => {
      if (role._tag !== "State") return []
      const { data } = state.get(name)!
      return [[name, role.kind === "cache" ? part(data, replica, replicas) : data.slice()]]
    })
    return new Map(own)
  })

/** Zeros for all leaves but those given, which are one replica's. */
export const stateOf = (
  program: Program,
  replicas: number,
  given: { readonly [leaf: string]: TensorData }
): ReadonlyArray<ReadonlyMap<string, TensorData>> =>
  Array.from(
    { length: replicas },
    () =>
      new Map(
        program.step.parameters.flatMap(({ name, node, role }) => {
          const { dtype, shape } = program.step.nodes[node]!.type
          return role._tag === "State"
            ? [
                [
                  name,
                  given[name] ??
                    allocate(
                      dtype,
                      shape.reduce((n, d) => n * d, 1)
                    )
                ] as const
              ]
            : []
        })
      )
  )
