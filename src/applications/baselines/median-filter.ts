/** The median of what is around each pixel: what single wrong pixels are taken away by. */
import { makePicture, type Picture } from '../../data/picture.ts';

/** Every value the median of the window of 2 · reach + 1 pixels a side around it, as far as that lies in the picture. */
export function medianFilter(picture: Picture, reach = 1): Picture {
  const { height, width, values } = picture;
  return makePicture(picture, (channel, row, column) => {
    const around: number[] = [];
    for (let y = Math.max(0, row - reach); y <= Math.min(height - 1, row + reach); y++)
      for (let x = Math.max(0, column - reach); x <= Math.min(width - 1, column + reach); x++)
        around.push(values[(channel * height + y) * width + x]);
    around.sort((a, b) => a - b);
    const middle = around.length >> 1;
    return around.length % 2 === 1 ? around[middle] : (around[middle - 1] + around[middle]) / 2;
  });
}
