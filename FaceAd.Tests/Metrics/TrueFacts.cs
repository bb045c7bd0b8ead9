using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Screens;

namespace FaceAd.Tests.Metrics;

/// <summary>A presence as it truly was.</summary>
sealed record TruePresence(ScreenEntry Screen, int Face, Segment Segment, bool Sure, DateTimeOffset From, DateTimeOffset To);

/// <summary>A play as it truly was.</summary>
sealed record TruePlay(ScreenEntry Screen, Campaign Campaign, Creative Creative, DateTimeOffset From, DateTimeOffset To, bool Measured);
