import type { Image } from "../../../domain/Summary.ts";
export declare const encodePng: ({ channels, height, pixels, width }: Image) => Uint8Array;
