import busboy from 'busboy';
import type { Request } from 'express';
import { refuseLength } from '../contacts/import-upload.ts';
import { Refusal } from '../errors.ts';

/** The content types in which a file may come as it is. */
export const FILE_TYPES = [
  'text/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/gzip',
  'application/x-gzip',
  'application/octet-stream',
] as const;

/** The bytes of the one file that a request carries; cut short, it refuses at the end. */
export async function* uploadedFile(req: Request): AsyncGenerator<Buffer> {
  const encoding = req.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip')
    throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', { detail: 'Send the file as it is, or in gzip.' });
  refuseLength(Number(req.headers['content-length'] ?? 0));
  const source = req.is('multipart/form-data') === false ? rawFile(req) : await fileOfForm(req);
  try {
    // Both are streams of buffers.
    for await (const piece of source as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('INVALID_REQUEST', { detail: 'The file did not arrive whole.' });
  }
}

function rawFile(req: Request): AsyncIterable<unknown> {
  if (req.headers['content-type'] !== undefined && req.is([...FILE_TYPES]) !== false) return req;
  throw new Refusal('MEDIA_TYPE_NOT_SUPPORTED', {
    detail: `Send multipart/form-data, or one of ${FILE_TYPES.join(', ')}.`,
  });
}

function fileOfForm(req: Request): Promise<AsyncIterable<unknown>> {
  const form = openForm(req);
  return new Promise((resolve, reject) => {
    const refuse = (detail: string): void => {
      req.unpipe(form);
      reject(new Refusal('INVALID_REQUEST', { detail }));
    };
    form.once('file', (_, file) => {
      // It may break before anybody reads it; whoever reads is told.
      file.on('error', () => undefined);
      resolve(file);
    });
    form.once('close', () => refuse('The form holds no file.'));
    form.on('error', () => refuse('The form did not arrive whole.'));
    req.once('aborted', () => form.destroy(new Refusal('INVALID_REQUEST')));
    req.pipe(form);
  });
}

function openForm(req: Request): busboy.Busboy {
  try {
    return busboy({ headers: req.headers, limits: { files: 1, fields: 20, parts: 21 } });
  } catch {
    throw new Refusal('INVALID_REQUEST', { detail: 'The form has no boundary.' });
  }
}
