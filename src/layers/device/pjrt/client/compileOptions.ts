/**
 * `xla.CompileOptionsProto`, as far as a program of replicas and partitions needs it.
 *
 * @since 0.1.0
 */
import { Writer } from "../../../../domain/Protobuf.ts"

/** @category models @since 0.1.0 */
export interface CompileOptions {
  readonly replicas: number
  /** Cores of one replica, over which XLA cuts the program by its shardings; default 1. */
  readonly partitions?: number | undefined
  /** XLA's flags for this program (`xla_cpu_enable_fast_min_max`), by name without dashes. */
  readonly flags?: { readonly [name: string]: boolean | number | string } | undefined
}

/** Devices that a program takes. @category rules @since 0.1.0 */
export const devicesOf = ({ partitions = 1, replicas }: CompileOptions): number => replicas * partitions

const optionValue = (value: boolean | number | string): Writer =>
  typeof value === "string"
    ? new Writer().string(1, value)
    : typeof value === "boolean"
      ? new Writer().int(2, value ? 1 : 0)
      : new Writer().int(3, value)

/** @category conversions @since 0.1.0 */
export const encode = ({ flags = {}, partitions = 1, replicas }: CompileOptions): Uint8Array => {
  // ExecutableBuildOptionsProto: num_replicas 4, num_partitions 5, use_spmd_partitioning 6, use_shardy_partitioner 19
  const build = new Writer().int(4, replicas).int(5, partitions)
  if (partitions > 1) build.int(6, 1).int(19, 1)
  // CompileOptionsProto: executable_build_options 3, env_option_overrides 7
  const options = new Writer().message(3, build)
  for (const [name, value] of Object.entries(flags)) options.message(7, new Writer().string(1, name).message(2, optionValue(value)))
  return options.finish()
}

/** XLA's flags of all programs of a platform: its CPU compiler drops a NaN in `maximum` and `minimum` by default. @category rules @since 0.1.0 */
export const flagsOf = (platform: string): NonNullable<CompileOptions["flags"]> => (platform === "cpu" ? { xla_cpu_enable_fast_min_max: false } : {})
