import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { PayloadSealer } from './payload-codec.ts';

/** Client, worker and sandbox load this file by its path. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** Encrypts data for Temporal and decrypts data from it. */
export const dataConverterOf = (sealer: PayloadSealer): DataConverter => ({
  payloadCodecs: [sealer],
  failureConverterPath,
});
