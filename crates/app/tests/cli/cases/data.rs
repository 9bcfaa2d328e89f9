//! Data sets, as people have them on their disks.
