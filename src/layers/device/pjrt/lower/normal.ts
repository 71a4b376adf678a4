/**
 * The inverse of the normal distribution function, in float64 (the reference's formula, hence its bits) and in float32.
 *
 * @since 0.1.0
 */
import type { Emitter, Value } from "./Emitter.ts"

/** `((c0 x + c1) x + …) x + cn`. @category rules @since 0.1.0 */
export const polynomial = (e: Emitter, x: Value, coefficients: ReadonlyArray<number>): Value =>
  coefficients.slice(1).reduce((sum, c) => e.by("add", e.binary("multiply", sum, x), c), e.like(x, coefficients[0]!))

const low = 0.02425
const tailTop = [-7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783]
const tailBottom = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1]
const middleTop = [-3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1, 2.506628277459239]
const middleBottom = [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1]

/** P. J. Acklam's rational approximation (2003), of `0 < p < 1` in float64, rounded to float32: see `domain/RandomKey.ts`. */
const inverse64 = (e: Emitter, p: Value): Value => {
  const rest = e.binary("subtract", e.like(p, 1), p)
  const isLow = e.compare("LT", p, e.like(p, low))
  const isHigh = e.compare("GT", p, e.like(p, 1 - low))
  const root = e.unary("sqrt", e.by("multiply", e.unary("log", e.select(isLow, p, rest)), -2))
  const tail = e.binary("divide", polynomial(e, root, tailTop), polynomial(e, root, tailBottom))
  const q = e.by("subtract", p, 0.5)
  const r = e.binary("multiply", q, q)
  const middle = e.binary("divide", e.binary("multiply", polynomial(e, r, middleTop), q), polynomial(e, r, middleBottom))
  return e.convert(e.select(isLow, tail, e.select(isHigh, e.unary("negate", tail), middle)), "float32")
}

/** Distribution function of the standard normal at -2. */
const belowMinusTwo = 0.022750131948179195

/** Midpoint of cell `high` of 2^24 equal ones of (0, 1). */
const openUnit = (e: Emitter, high: Value): Value => e.by("multiply", e.by("add", e.convert(high, "float64"), 0.5), 2 ** -24)

/** @category rules @since 0.1.0 */
export const normal64 = (e: Emitter, high: Value): Value => inverse64(e, openUnit(e, high))

/** @category rules @since 0.1.0 */
export const truncated64 = (e: Emitter, high: Value): Value =>
  inverse64(e, e.by("add", e.by("multiply", openUnit(e, high), 1 - 2 * belowMinusTwo), belowMinusTwo))

const central = [2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3, 2.46640727e-1, 1.50140941]
const outer = [-2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406, 2.83297682]

/**
 * `sqrt(2) erfinv(x)` of float32 by M. Giles, "Approximating the erfinv function" (GPU Computing Gems, 2011); `gap` is `1 - |x|`,
 * given apart so that it is exact.
 */
const inverse32 = (e: Emitter, x: Value, gap: Value): Value => {
  // -log(1 - x^2)
  const w = e.unary("negate", e.unary("log", e.binary("multiply", gap, e.by("add", e.unary("abs", x), 1))))
  const isCentral = e.compare("LT", w, e.like(w, 5))
  const near = polynomial(e, e.by("subtract", w, 2.5), central)
  const far = polynomial(e, e.by("subtract", e.unary("sqrt", w), 3), outer)
  return e.by("multiply", e.binary("multiply", e.select(isCentral, near, far), x), Math.SQRT2)
}

/** `2 p - 1` of the midpoint: an odd multiple of 2^-24 of at most 24 bits. */
const signedUnit = (e: Emitter, high: Value): Value => {
  const doubled = e.by("add", e.by("shift_left", high, 1), 1)
  return e.by("multiply", e.convert(e.by("subtract", e.bitcast(doubled, "int32"), 2 ** 24), "float32"), 2 ** -24)
}

/** @category rules @since 0.1.0 */
export const normal32 = (e: Emitter, high: Value): Value => {
  const x = signedUnit(e, high)
  return inverse32(e, x, e.binary("subtract", e.like(x, 1), e.unary("abs", x)))
}

/** @category rules @since 0.1.0 */
export const truncated32 = (e: Emitter, high: Value): Value => {
  const x = e.by("multiply", signedUnit(e, high), 1 - 2 * belowMinusTwo)
  return inverse32(e, x, e.binary("subtract", e.like(x, 1), e.unary("abs", x)))
}
