export { refusedFileSentence } from './foreign-file.ts';
export {
  UPLOAD_LIMITS,
  type UploadLimits,
  counted,
  peeked,
  plainText,
  refuseLength,
  unpacked,
} from './import-upload.ts';
