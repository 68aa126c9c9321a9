#!/bin/sh
# The first process of the second host, in new namespaces: makes the folder $1 its root file system and stays. When it
# ends, all the host's processes, mounts and networks end with it.
set -eu
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mkdir -p .old run/sshd
pivot_root . .old
umount -l /.old
hostname onehost-vps
trap 'exit 0' TERM
# The shell reaps what loses its parent.
while :; do
  sleep 3600 &
  wait
done
