import type { ErrorClass } from '../../sending/index.ts';

const CODES: Partial<Record<ErrorClass, readonly number[]>> = {
  PERMANENT_CONTENT: [102, 106, 107, 112, 116, 118, 119, 121, 122],
  PERMANENT_RECIPIENT: [103, 110, 111, 115, 117, 150],
  CONFIG: [100, 101, 108, 109, 113, 114, 123, 124],
  CREDIT: [104, 105],
  DUPLICATE: [120, 133],
  AMBIGUOUS: [125],
  THROTTLED: [128],
  RETRYABLE: [126, 127, 129, 130, 131, 132],
};

const CLASS_OF = new Map(
  Object.entries(CODES).flatMap(([errorClass, codes]) =>
    codes.map((code) => [code, errorClass as ErrorClass] as const),
  ),
);

/** The class of an error code of Octopush; undefined for one that is not in its list. */
export const listedClass = (code: number): ErrorClass | undefined => CLASS_OF.get(code);
