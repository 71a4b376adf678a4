/** A program over images, whose rows can be cut over the cores of a replica. */
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { Program } from "../../../../src/domain/Program.ts"
import { f32 } from "../../../conformance/opCase.ts"

/** A filter `[3, 3, 1, 2]` that comes to give zeros on the images `[2, 8, 5, 1]`; outfeeds what it gives. */
export const images = (replicas: number): Program => {
  const b = Builder.make()
  const filter = b.parameter("filter", { _tag: "State", kind: "variable", trainable: true }, f32(3, 3, 1, 2))
  const image = b.parameter("image", { _tag: "Batch" }, f32(2, 8, 5, 1))
  const attrs = {
    strides: [1, 1],
    padding: [
      [1, 1],
      [1, 1]
    ],
    dilations: [1, 1]
  } as const
  const y = b.add("Conv2D", [image, filter], attrs)
  b.output("loss", { _tag: "Loss" }, Builder.reduce(b, "ReduceMean", Builder.binary(b, "Mul", y, y), [0, 1, 2, 3]))
  const gradient = b.add("Conv2DBackpropFilter", [image, y], { ...attrs, filterShape: [3, 3, 1, 2] })
  const rate = Builder.scalar(b, "float32", 1 / (80 * replicas))
  const next = Builder.binary(b, "Sub", filter, Builder.binary(b, "Mul", b.add("CrossReplicaSum", [gradient], {}), rate))
  b.output("filter", { _tag: "State" }, next)
  b.output("y", { _tag: "Outfeed" }, y)
  const init = Builder.make()
  init.output("filter", { _tag: "State" }, Builder.constant(init, new Float32Array(18), [3, 3, 1, 2]))
  return { mode: "train", step: b.build(), init: init.build() }
}
