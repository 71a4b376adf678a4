export declare const countOpcodes: (program: Uint8Array) => {
    readonly [opcode: string]: number;
};
