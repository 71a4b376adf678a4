import { assert, describe, it } from "@effect/vitest"
import { matcher } from "../../src/domain/layerWeights.ts"

const find = (names: ReadonlyArray<string>, ...wanted: ReadonlyArray<string>) => wanted.map(matcher(names))

describe("which weight of a file a name means", () => {
  it("the same name first of all", () => {
    assert.deepStrictEqual(find(["dense_Dense2/kernel", "dense_Dense1/kernel"], "dense_Dense1/kernel"), ["dense_Dense1/kernel"])
  })
  it("without Keras's output number and the names of cells", () => {
    const names = ["lstm/lstm_cell_3/kernel:0", "bidirectional/forward_gru/gru_cell/bias", "out/kernel:0"]
    assert.deepStrictEqual(find(names, "lstm/kernel", "bidirectional/forward_gru/bias", "out/kernel"), names)
  })
  it("automatic names by their place among those of their kind, whatever the process counted to", () => {
    const names = ["dense_Dense5/kernel", "dense_Dense5/bias", "batch_normalization_BatchNormalization3/gamma", "dense_Dense9/kernel"]
    assert.deepStrictEqual(
      find(names, "dense_Dense1/kernel", "dense_Dense1/bias", "batch_normalization_BatchNormalization1/gamma", "dense_Dense2/kernel"),
      names
    )
  })
  it("automatic names of Keras", () => {
    const names = ["conv2d_4/kernel:0", "dense/kernel:0", "dense_1/kernel:0", "bidirectional_1/backward_lstm/lstm_cell/kernel:0"]
    const wanted = ["conv2d_Conv2D1/kernel", "dense_Dense1/kernel", "dense_Dense2/kernel", "bidirectional_Bidirectional1/backward_lstm_LSTM1/kernel"]
    assert.deepStrictEqual(find(names, ...wanted), names)
  })
  it("none where there is none, or where two fit", () => {
    assert.deepStrictEqual(find(["a/kernel"], "b/kernel", "constructor", "a/bias"), [undefined, undefined, undefined])
    assert.deepStrictEqual(find(["a/x_cell/kernel", "a/y_cell/kernel"], "a/kernel"), [undefined])
    // a name of one's own is not automatic
    assert.deepStrictEqual(find(["dense_Dense4/kernel"], "encoder_1/kernel", "dense_Dense2/kernel"), [undefined, undefined])
  })
})
