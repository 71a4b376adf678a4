/**
 * The tiny step as a bare onnxruntime session in a loop.
 *
 * @since 0.1.0
 */
import * as ort from "onnxruntime-node"
import * as ortLoop from "../harness/ortLoop.ts"
import { serve } from "../harness/serve.ts"
import * as Mlp from "../peers/Mlp.ts"

const { batch, inputs, threads } = Mlp.sizes
const burst = await ortLoop.make({
  bytes: Mlp.ortStep(),
  threads,
  state: [...Mlp.weights()].map(([name, { data, shape }]) => ({ name, shape, initial: data })),
  batches: Mlp.batches().map(({ x, y }) => ({ x: new ort.Tensor("float32", x, [batch, inputs]), y: new ort.Tensor("int32", y, [batch]) }))
})
await serve("tiny/bare", burst)
process.exit(0)
