import { deviceSuite } from "../../conformance/deviceSuite.ts"
import * as DeviceOnnx from "../../../src/layers/device/DeviceOnnx.ts"

deviceSuite("onnx", (replicas) => DeviceOnnx.layer({ replicas }))
