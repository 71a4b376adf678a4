import { type OuterState, type Recording } from "./Recording.ts";
export declare const outerStates: () => ReadonlyArray<OuterState>;
export declare const withRecording: <A>(recording: Recording, hostSeed: number, f: () => A) => A;
