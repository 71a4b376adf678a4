export declare const orderTape: () => void;
