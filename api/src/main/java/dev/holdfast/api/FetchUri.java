package dev.holdfast.api;

import org.jspecify.annotations.Nullable;

/// A file that is to be in the sandbox before the program starts.
///
/// @param value a URI of http, https, ftp, ftps, hdfs, hftp or file, or a path
/// @param executable false when absent
/// @param extract whether an archive is extracted, too; true when absent
/// @param sha256 what its SHA-256 must be, in hex
public record FetchUri(
    @Required String value,
    @Nullable Boolean executable,
    @Nullable Boolean extract,
    @Nullable String sha256) {}
