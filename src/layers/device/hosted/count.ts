/**
 * Checks counts among a device's options.
 *
 * @since 0.1.0
 */

/** `value`; throws a `RangeError` in the name of `device` for one that is too small or not whole. @category rules @since 0.1.0 */
export const count = (device: string, name: string, value: number, least: number): number => {
  if (!Number.isInteger(value) || value < least) throw new RangeError(`${device}: expected a whole ${name} of at least ${least}, got ${value}`)
  return value
}
