import { CannotStart } from '../../platform/errors.ts';
import { ownName } from './unprivileged.ts';

/** Explains in one sentence why a folder cannot be used, with the remedy. */
export function folderTrouble(folder: string, cause: unknown): CannotStart {
  if (cause instanceof CannotStart) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/ENOSPC|EDQUOT|No space left|disk is full/.test(text)) {
    return new CannotStart(`The disk that holds ${folder} is full: free some space and start again.`, {
      cause,
    });
  }
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only/.test(text) || isNoFolderMade(text)) {
    return new CannotStart(
      `The user ${ownName()} may not write in ${folder}: give the permission, or set BONHEURE_DATA.`,
      {
        cause,
      },
    );
  }
  if (/ENOTDIR|EEXIST/.test(text)) {
    return new CannotStart(`${folder} is not a folder: remove what stands there, or set BONHEURE_DATA.`, {
      cause,
    });
  }
  const line = text.trim().split('\n').at(-1) ?? '';
  return new CannotStart(`The folder ${folder} cannot be made ready: ${line}.`, { cause });
}

const isNoFolderMade = (text: string): boolean => text.includes('ENOENT: ') && text.includes('mkdir');
