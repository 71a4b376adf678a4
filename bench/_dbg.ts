import "@tensorflow/tfjs-layers"
import * as estimatorBursts from "./harness/estimatorBursts.ts"
import * as mlp from "./model/mlpEstimator.ts"
const b = estimatorBursts.start({ estimator: mlp.make(2), batches: mlp.batches(), threads: 1 })
const t = setInterval(() => console.log("alive"), 1000)
console.log(await b.burst(4))
console.log((await b.burst(10)).seconds)
clearInterval(t)
await b.close()
console.log("closed")
