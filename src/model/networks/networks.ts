/** All network families. */
import { convolutional } from './convolutional.ts';
import { dense } from './dense.ts';
import { recurrent } from './recurrent.ts';

export const networkFamilies = [dense, convolutional, recurrent] as const;
