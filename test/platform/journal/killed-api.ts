import { setTimeout as pause } from 'node:timers/promises';
import { keepAlive } from '../../../src/platform/journal/process-folder.ts';
import { aJournal, leaving } from '../../pure/platform/journal/journal-on-disk.ts';

/** Acknowledges one opt-out by its journal alone, says so, and waits to be killed; ends when it lost its journal. */
const [root = '', processId = '', tenantId = '', phone = ''] = process.argv.slice(2);
const journal = await aJournal(root, processId);
const at = await journal.write(leaving(phone, tenantId));
await journal.owe(at);
process.stdout.write('acknowledged\n');
while (keepAlive(journal.folder, Date.now())) await pause(500);
process.exit(1);
