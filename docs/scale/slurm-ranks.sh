#!/bin/sh
# One model by 8 processes on 4 machines. The data lie under the same path on all of them.
#SBATCH --job-name=autoencoder
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=8
#SBATCH --signal=TERM@120
#SBATCH --requeue

# A job that was requeued goes on from its checkpoint; the first writes none of its own before it has begun.
if [ -e model/checkpoint.safetensors ]; then
  exec srun --mpi=pmix --kill-on-bad-exit autoencoder train --resume model
fi
exec srun --mpi=pmix --kill-on-bad-exit autoencoder train /shared/data.npy --batch-size 4096 --threads 8 --out model
