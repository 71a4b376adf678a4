/**
 * The discrete Fourier transform of pairs of float32 nodes, by matrix products.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { sizeOf } from "../../../domain/Tensor.ts"
import type { Pair } from "../ComplexData.ts"
import type { Emit } from "../Emit.ts"
import { failure } from "../failures.ts"

/** Length up to which one product with the whole matrix is made. */
const direct = 64
/** Largest prime factor: its matrices of cosines and sines have this many rows and columns. */
const largestPrime = 2048

/** Cosines and sines of `sign * 2 pi * i * j / n`, the product taken modulo `n` while it is whole: `[rows, columns]`. */
const turns = (c: Emit, rows: number, columns: number, n: number, sign: number): Pair => {
  const table = (f: (angle: number) => number) => {
    const out = new Float32Array(rows * columns)
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * columns + j] = f((sign * 2 * Math.PI * ((i * j) % n)) / n)
    return c.constant(out, [rows, columns])
  }
  return { real: table(Math.cos), imaginary: table(Math.sin) }
}

/** Zeros by how they were made: those that complete a real signal. */
const isZero = (c: Emit, x: NodeId): boolean => {
  const { op, inputs, attrs } = c.recording.builder.nodeOf(x)
  if (op === "Fill") return (attrs as { readonly value: number }).value === 0 // a fill has a value
  return (op === "Reshape" || op === "Transpose" || op === "Slice" || op === "Broadcast") && isZero(c, inputs[0]!)
}

/** @category arithmetic @since 0.1.0 */
export const multiply = (c: Emit, a: Pair, b: Pair): Pair => {
  const realOnly = isZero(c, a.imaginary)
  const real = c.mul(a.real, b.real)
  const imaginary = c.mul(a.real, b.imaginary)
  return realOnly
    ? { real, imaginary }
    : { real: c.sub(real, c.mul(a.imaginary, b.imaginary)), imaginary: c.add2(imaginary, c.mul(a.imaginary, b.real)) }
}

/** Rows `[m, n]` times a symmetric `[n, n]`. */
const product = (c: Emit, a: Pair, b: Pair): Pair => {
  const real = c.matMul(a.real, b.real, { exact: true })
  const imaginary = c.matMul(a.real, b.imaginary, { exact: true })
  return isZero(c, a.imaginary)
    ? { real, imaginary }
    : {
        real: c.sub(real, c.matMul(a.imaginary, b.imaginary, { exact: true })),
        imaginary: c.add2(imaginary, c.matMul(a.imaginary, b.real, { exact: true }))
      }
}

const both = ({ real, imaginary }: Pair, f: (x: NodeId) => NodeId): Pair => ({ real: f(real), imaginary: f(imaginary) })

/** The factor nearest to the square root, 1 for a prime. */
const factorOf = (n: number): number => {
  for (let f = Math.floor(Math.sqrt(n)); f > 1; f--) if (n % f === 0) return f
  return 1
}

/**
 * Over the last axis of `[m, n]`: `out[k] = sum over j of x[j] * e^(sign * 2 pi i j k / n)`. A composite length `a * b` is split
 * (Cooley and Tukey, 1965) into transforms of length `a` and `b`, so the work is `n (a + b)` and the constants are small.
 */
const rows = (c: Emit, x: Pair, sign: number): Pair => {
  const [m, n] = c.shape(x.real) as readonly [number, number] // both callers give matrices
  const a = n <= direct ? 1 : factorOf(n)
  if (a === 1) {
    if (n > largestPrime) {
      const detail = `a transform of length ${n} would need a matrix of ${n} x ${n}. Use a length whose prime factors are at most ${largestPrime}: pad with zeros to a power of two`
      throw failure("UnknownKernel", detail, { op: c.kernel, source: c.source })
    }
    return product(c, x, turns(c, n, n, n, sign))
  }
  const b = n / a
  // j = j1 b + j2, k = k1 + a k2
  const byJ1 = both(x, (part) => c.reshape(c.transpose(c.reshape(part, [m, a, b]), [0, 2, 1]), [m * b, a]))
  const inner = both(rows(c, byJ1, sign), (part) => c.reshape(part, [m, b, a]))
  const turned = multiply(c, inner, turns(c, b, a, n, sign))
  const byJ2 = both(turned, (part) => c.reshape(c.transpose(part, [0, 2, 1]), [m * a, b]))
  return both(rows(c, byJ2, sign), (part) => c.reshape(c.transpose(c.reshape(part, [m, a, b]), [0, 2, 1]), [m, n]))
}

/** Over the last axis; the inverse divides by its length. @category transforms @since 0.1.0 */
export const dft = (c: Emit, x: Pair, inverse: boolean): Pair => {
  const shape = c.shape(x.real)
  const n = shape[shape.length - 1]!
  if (sizeOf(shape) === 0) return x
  const matrix = both(x, (part) => c.reshape(part, [sizeOf(shape) / n, n]))
  const out = rows(c, matrix, inverse ? 1 : -1)
  return both(out, (part) => c.reshape(inverse ? c.mul(part, c.scalar("float32", 1 / n)) : part, shape))
}
