/** All network families; the first that suits the data is its default. */
import { convolutional } from './convolutional.ts';
import { convolutionalRecurrent } from './convolutional-recurrent.ts';
import { dense } from './dense.ts';
import { lapped } from './lapped.ts';
import { recurrent } from './recurrent.ts';

export const networkFamilies = [convolutional, convolutionalRecurrent, recurrent, dense, lapped] as const;
