export { accuracy } from "./accuracy.ts";
export { bitsPerCharacter } from "./bitsPerCharacter.ts";
export { mean } from "./mean.ts";
export { perplexity } from "./perplexity.ts";
export { make as weighted } from "./weighted.ts";
