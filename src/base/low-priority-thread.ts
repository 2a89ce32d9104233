import { existsSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { workerData } from 'node:worker_threads';

/** Linux gives each thread a priority of its own. */
const THIS_THREAD = '/proc/thread-self';

// Before the script is loaded, which for a small file takes longer than reading the file.
if (existsSync(THIS_THREAD)) {
  const thread = Number(path.basename(readlinkSync(THIS_THREAD)));
  setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
}

// The starter of this thread names the script.
await import((workerData as { readonly script: string }).script);
