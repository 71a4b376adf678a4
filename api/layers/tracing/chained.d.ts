export declare const registerChained: () => void;
