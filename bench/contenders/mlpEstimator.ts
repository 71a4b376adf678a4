/**
 * The tiny step through the whole program. The arguments are the number of steps of one device run, and the engine (default: `onnx`).
 *
 * @since 0.1.0
 */
import * as estimatorBursts from "../harness/estimatorBursts.ts"
import { serve } from "../harness/serve.ts"
import * as mlp from "../model/mlpEstimator.ts"
import * as Mlp from "../peers/Mlp.ts"

const bursts = estimatorBursts.start({
  estimator: mlp.make(Number(process.argv[2])),
  batches: mlp.batches(),
  device: estimatorBursts.engineOf(process.argv[3], Mlp.sizes.threads)
})
await serve("tiny/estimator", bursts.burst)
await bursts.close()
