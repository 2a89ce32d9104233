import type { Plan } from '../src/messages/plan.ts';
import { beating, type Attempt } from './attempt.ts';
import { answering } from './refusal.ts';

/** One uploaded file of one tenant. */
export interface ImportIds {
  readonly tenantId: string;
  readonly importId: string;
}

/** What reading a file needs of the domain. */
export interface ImportPort {
  /** Reads on from the cursor for a minute or so; `send` while rows are left. */
  readImport(upload: ImportIds, attempt: Attempt): Promise<Plan>;
}

/** The verb of an import. */
export const createImportActivities = (imports: ImportPort, stopping: AbortSignal) => ({
  readImport: (upload: ImportIds) =>
    answering(() => beating(stopping, (attempt) => imports.readImport(upload, attempt))),
});
