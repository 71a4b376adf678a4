/**
 * Puts TensorFlow.js's gradient tape right for gradients of gradients.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"

interface TapeNode {
  readonly inputs: { readonly [name: string]: tf.Tensor | null | undefined }
  readonly outputs: ReadonlyArray<tf.Tensor>
}

/** What is private in tfjs's engine. */
interface Taping {
  readonly state: { readonly activeTape: Array<TapeNode> | undefined }
  addTapeNode: (...args: ReadonlyArray<unknown>) => void
}

/**
 * A kernel whose gradient uses its own result (exp, tanh, sigmoid, softmax, …) saves a copy of it, and tfjs enters that copy before
 * the kernel itself. Following a tape forwards, the copy then seems to come from nowhere, and a second gradient silently lacks
 * what flows through it. The copies go behind their kernel here.
 */
const putCopiesBehind = (tape: Array<TapeNode>): void => {
  const made = tape.at(-1)!
  const isCopy = ({ inputs }: TapeNode) => Object.values(inputs).some((x) => x !== undefined && x !== null && made.outputs.includes(x))
  let at = tape.length - 1
  while (at > 0 && isCopy(tape[at - 1]!)) at--
  if (at === tape.length - 1) return
  tape.pop()
  tape.splice(at, 0, made)
}

/** Once for the process: eager gradients are put right, too. */
export const orderTape = (): void => {
  const engine = tf.engine() as unknown as Taping // `addTapeNode` is private
  const own = engine.addTapeNode
  engine.addTapeNode = function (this: Taping, ...args) {
    own.apply(this, [...args])
    if (this.state.activeTape !== undefined && this.state.activeTape !== null) putCopiesBehind(this.state.activeTape)
  }
}
