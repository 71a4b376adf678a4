import "@tensorflow/tfjs-layers";
export declare const registerGradients: () => void;
