/** The data sets that are fetched: where from, and what must have arrived. */

export interface FetchedFile {
  readonly file: string;
  /** Of the unpacked file: the same whoever packed it. */
  readonly bytes: number;
  readonly sha256: string;
}

export interface FetchedSet {
  readonly name: string;
  readonly description: string;
  readonly trainCount: number;
  readonly testCount: number;
  readonly shape: readonly number[];
  /** Names of classes 0, 1, …, where they are not just numbers. */
  readonly classes?: readonly string[];
  /** Tried in this order; each ends in a slash. */
  readonly sources: readonly string[];
  /** Training images first; their labels and the test part are found beside them by name. */
  readonly files: readonly FetchedFile[];
}

export const fetchedSets: readonly FetchedSet[] = [
  {
    name: 'mnist',
    description: 'handwritten digits (LeCun 1998), ten classes',
    trainCount: 60_000,
    testCount: 10_000,
    shape: [1, 28, 28],
    sources: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'https://storage.googleapis.com/cvdf-datasets/mnist/'],
    files: [
      {
        file: 'train-images-idx3-ubyte.gz',
        bytes: 47_040_016,
        sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      },
      {
        file: 'train-labels-idx1-ubyte.gz',
        bytes: 60_008,
        sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
      },
      {
        file: 't10k-images-idx3-ubyte.gz',
        bytes: 7_840_016,
        sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      },
      {
        file: 't10k-labels-idx1-ubyte.gz',
        bytes: 10_008,
        sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
      },
    ],
  },
  {
    name: 'fashion-mnist',
    description: 'pictures of clothes (Xiao 2017), ten classes',
    trainCount: 60_000,
    testCount: 10_000,
    shape: [1, 28, 28],
    classes: ['T-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
    sources: [
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
      'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    ],
    files: [
      {
        file: 'train-images-idx3-ubyte.gz',
        bytes: 47_040_016,
        sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
      },
      {
        file: 'train-labels-idx1-ubyte.gz',
        bytes: 60_008,
        sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      },
      {
        file: 't10k-images-idx3-ubyte.gz',
        bytes: 7_840_016,
        sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      },
      {
        file: 't10k-labels-idx1-ubyte.gz',
        bytes: 10_008,
        sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
      },
    ],
  },
];
