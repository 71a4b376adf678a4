/**
 * Replaces methods of TensorFlow.js for the length of one synchronous call.
 *
 * @since 0.1.0
 */

export interface Patch {
  readonly target: object
  readonly key: PropertyKey
  readonly value: unknown
}

/** Puts a property back as it was: an inherited one is inherited again. */
export const restore = (target: object, key: PropertyKey, descriptor: PropertyDescriptor | undefined): void => {
  if (descriptor === undefined) Reflect.deleteProperty(target, key)
  else Object.defineProperty(target, key, descriptor)
}

/** Runs `f` with all of them in place; whatever it does, they are afterwards what they were. Calls may nest. */
export const withPatches = <A>(patches: ReadonlyArray<Patch>, f: () => A): A => {
  const replaced = patches.map(({ target, key }) => Object.getOwnPropertyDescriptor(target, key))
  try {
    for (const { target, key, value } of patches) Object.defineProperty(target, key, { value, configurable: true, writable: true })
    return f()
  } finally {
    patches.forEach(({ target, key }, i) => restore(target, key, replaced[i]))
  }
}
