import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { fileURLToPath } from 'node:url';

/** Where histories are kept; what is there stays. */
export const recordedFolder = fileURLToPath(new URL('./recorded/', import.meta.url));

/** One event, as far as tests look at it. */
export interface RecordedEvent {
  readonly eventType: string;
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
}

/** A life of a workflow as its server kept it. */
export interface History {
  readonly events: readonly RecordedEvent[];
}

/** Every history that is kept, by the name of its file. */
export function recordedHistories(): ReadonlyMap<string, History> {
  return new Map(readdirSync(recordedFolder).map((file) => [file, opened(file)]));
}

function opened(file: string): History {
  const bytes = readFileSync(path.join(recordedFolder, file));
  const text = file.endsWith('.br') ? brotliDecompressSync(bytes) : bytes;
  return JSON.parse(text.toString('utf8')) as History;
}

/** As small as it becomes. */
export function packed(history: unknown): Buffer {
  return brotliCompressSync(JSON.stringify(history), {
    params: { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS },
  });
}

/** The day that a new file is named after. */
export const day = (): string => new Date().toISOString().slice(0, 10);
