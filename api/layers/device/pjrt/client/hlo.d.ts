export interface Leaf {
    readonly type: string;
    readonly bytes: number;
    readonly space: number;
}
export interface Instruction {
    readonly id: number;
    readonly opcode: string;
    readonly leaves: ReadonlyArray<Leaf>;
    readonly parts: ReadonlyArray<number>;
    readonly operands: ReadonlyArray<number>;
    readonly called: ReadonlyArray<number>;
    readonly parameter: number;
    readonly element: number;
    readonly line: number;
}
export interface Computation {
    readonly instructions: ReadonlyArray<Instruction>;
    readonly root: number;
}
export interface Module {
    readonly computations: ReadonlyMap<number, Computation>;
    readonly entry: number;
    readonly aliased: ReadonlySet<number>;
}
export declare const decode: (program: Uint8Array) => Module;
export declare const countOpcodes: ({ computations }: Pick<Module, "computations">) => {
    readonly [opcode: string]: number;
};
