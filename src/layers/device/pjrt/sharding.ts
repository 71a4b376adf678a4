/**
 * How a batch leaf is spread over the cores of a replica, as XLA's partitioner reads it.
 *
 * @since 0.1.0
 */
import type { Partition } from "../../../domain/Program.ts"
import type { TensorType } from "../../../domain/Tensor.ts"

/** `type` is the argument's: where it has an axis more than the leaf's parts, that of the steps in front, the axis stays whole. @category conversions @since 0.1.0 */
export const shardingOf = ({ cores, dims }: Partition, leaf: string, type: TensorType): string => {
  const parts = dims.get(leaf)
  if (parts === undefined || cores === 1) return "{replicated}"
  const whole = new Array<number>(type.shape.length - parts.length).fill(1)
  return `{devices=[${[...whole, ...parts].join(",")}]<=[${cores}]}`
}
