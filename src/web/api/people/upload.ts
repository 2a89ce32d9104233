import type { Readable } from 'node:stream';
import busboy from 'busboy';
import type { Request } from 'express';
import { refuseLength } from '../../../people/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { fault, type BareFault } from '../../../words/index.ts';

/** The content types of a file sent as it is. */
export const FILE_TYPES = [
  'text/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
] as const;

/** Yields the bytes of the one file in a request; refuses at the end when it was cut short. */
export async function* uploadedFile(req: Request): AsyncGenerator<Buffer> {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', { detail: 'Send the file as it is, or in gzip.' });
  refuseLength(Number(req.headers['content-length'] ?? 0));
  const { file, alone } = req.is('multipart/form-data') === false ? rawFile(req) : await fileOfForm(req);
  try {
    // Both are streams of buffers. Whoever stops reading still has an answer to send.
    for await (const piece of file.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) yield piece;
    await alone;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('INVALID_REQUEST', { detail: 'The file did not arrive whole.' });
  }
}

/** A file being uploaded. */
interface Arriving {
  readonly file: Readable;
  /** Resolves once nothing follows the file that a caller might take for sent. */
  readonly alone?: Promise<void>;
}

function rawFile(req: Request): Arriving {
  if (req.headers['content-type'] !== undefined && req.is([...FILE_TYPES]) !== false) return { file: req };
  const [found = 'none'] = /^[\w.+-]{1,60}\/[\w.+-]{1,90}/.exec(req.headers['content-type'] ?? '') ?? [];
  throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', {
    detail: fault(
      'Content-Type found: {found}. Expected: multipart/form-data, or one of {types}; a workbook is saved as CSV first.',
      { found, types: FILE_TYPES.join(', ') },
    ),
  });
}

function fileOfForm(req: Request): Promise<Arriving> {
  const form = openForm(req);
  const alone = endOf(form);
  // It may fail before anybody reads it; a reader gets the error.
  alone.catch(() => undefined);
  return new Promise((resolve, reject) => {
    const refuse = (detail: BareFault): void => {
      req.unpipe(form);
      reject(new Refusal('INVALID_REQUEST', { detail }));
    };
    form.once('file', (_, file) => {
      file.on('error', () => undefined);
      resolve({ file, alone });
    });
    form.once('close', () =>
      refuse('The form holds no file: send one part with a file name, as curl -F file=@contacts.csv does.'),
    );
    form.on('error', () => refuse('The form did not arrive whole.'));
    req.once('aborted', () => form.destroy(new Refusal('INVALID_REQUEST')));
    req.pipe(form);
  });
}

/** Resolves at the end of a form with one file; fails at a second one. */
const endOf = (form: busboy.Busboy): Promise<void> =>
  new Promise((resolve, reject) => {
    form.once('filesLimit', () =>
      reject(
        new Refusal('INVALID_REQUEST', { detail: 'The form holds several files: send them one by one.' }),
      ),
    );
    form.once('error', reject);
    form.once('close', resolve);
  });

function openForm(req: Request): busboy.Busboy {
  try {
    return busboy({ headers: req.headers, limits: { files: 1, fields: 20, parts: 21 } });
  } catch {
    throw new Refusal('INVALID_REQUEST', { detail: 'The form has no boundary.' });
  }
}
