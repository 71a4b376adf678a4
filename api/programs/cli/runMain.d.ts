import type { ProgramModule } from "../ProgramModule.ts";
export declare const runMain: (own?: ProgramModule) => void;
